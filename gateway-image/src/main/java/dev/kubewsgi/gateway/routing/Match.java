package dev.kubewsgi.gateway.routing;

import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.routes.Route;

/**
 * The claim that a request falls under.
 *
 * @param route the claim
 * @param application what runs it
 * @param mount the part of the path that the claim covers (SCRIPT_NAME): {@code ""} or {@code
 *     /a/b}, in the form the path was given in
 * @param rest the remainder (PATH_INFO): {@code ""}, or it starts with a slash
 */
public record Match(Route route, Application application, String mount, String rest) {}
