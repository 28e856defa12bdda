/**
 * Exact dispatch: which waiting request runs next, on which thread of which worker. It knows
 * neither channels nor processes: a slot carries whatever its owner put into it, the time comes
 * from a clock that is handed in.
 */
package dev.kubewsgi.gateway.dispatch;
