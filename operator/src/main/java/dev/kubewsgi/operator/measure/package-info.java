/** What the operator measures of its own work, beyond what its framework does. */
package dev.kubewsgi.operator.measure;
