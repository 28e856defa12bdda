/**
 * What the operator sees of the cluster, compiled as one: one thread turns many events into few
 * compilations, and only the objects whose part of the outcome changed are reconciled.
 */
package dev.kubewsgi.operator.world;
