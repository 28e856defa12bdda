/** What a gateway's pods report, for the operator and the command line to read. */
package dev.kubewsgi.reports;
