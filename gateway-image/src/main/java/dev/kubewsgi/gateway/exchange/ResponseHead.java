package dev.kubewsgi.gateway.exchange;

/**
 * Status and header fields of an application's answer.
 *
 * @param status 200 to 999
 * @param reason the phrase after the status code; may be empty
 * @param fields name, value, name, value, …: in the application's order, repeated names apart;
 *     latin-1; without connection-level fields, with Content-Length where the length is known
 */
public record ResponseHead(int status, String reason, String[] fields) {

  /** The value of the first field of this name, or null. */
  public String first(String name) {
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i].equalsIgnoreCase(name)) {
        return fields[i + 1];
      }
    }
    return null;
  }
}
