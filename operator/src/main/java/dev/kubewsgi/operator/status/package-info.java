/** How objects say how they are: conditions, events, and their one writer. */
package dev.kubewsgi.operator.status;
