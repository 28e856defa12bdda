/**
 * The answers of the admin port's JSON API: records of their own, so that nothing secret of a route
 * table (keys of certificates, values of environment variables) can get into one by accident.
 */
package dev.kubewsgi.gateway.admin.api;
