/** The operator as a process: its settings, its health, and who of several works. */
package dev.kubewsgi.operator.process;
