/** From host and path to the application that runs them. Knows neither Vert.x nor Python. */
package dev.kubewsgi.gateway.routing;
