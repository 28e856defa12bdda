package dev.kubewsgi.gateway.http;

import dev.kubewsgi.routes.GatewaySettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A gateway's {@code errorPages} by their status (ErrorDocument). */
record ErrorPages(Map<Integer, GatewaySettings.ErrorPage> byStatus) {

  /** A page as it is sent. */
  record Page(String contentType, byte[] body) {}

  static ErrorPages of(List<GatewaySettings.ErrorPage> pages) {
    return new ErrorPages(
        pages.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    GatewaySettings.ErrorPage::status, Function.identity())));
  }

  /** That of a status, with what it says of this failure; empty: there is none. */
  Optional<Page> page(int status, String code, String requestId) {
    return Optional.ofNullable(byStatus.get(status))
        .map(
            page ->
                new Page(
                    page.contentType(),
                    page.body()
                        .replace("%{STATUS}", Integer.toString(status))
                        .replace("%{CODE}", code)
                        .replace("%{REQUEST_ID}", requestId)
                        .getBytes(StandardCharsets.UTF_8)));
  }
}
