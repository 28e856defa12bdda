/** Clients that send a steady stream of requests and know what each answer has to be. */
package dev.kubewsgi.pods.load;
