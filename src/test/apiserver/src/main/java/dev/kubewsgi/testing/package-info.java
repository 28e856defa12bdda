/** What tests of several modules need, whatever they test. */
package dev.kubewsgi.testing;
