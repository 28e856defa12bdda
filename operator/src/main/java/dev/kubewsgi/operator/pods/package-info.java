/** What the pods of groups and gateways have in common. */
package dev.kubewsgi.operator.pods;
