/**
 * Brings about what the models want: by server-side apply, only where something differs, and never
 * over an object that is somebody else's.
 */
package dev.kubewsgi.operator.apply;
