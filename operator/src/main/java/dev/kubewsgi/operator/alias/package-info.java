/** Says of each ScriptAlias whether it is served, and why not. */
package dev.kubewsgi.operator.alias;
