package dev.kubewsgi.operator.pods;

/** Texts of manifests in fields in which Kubernetes expands {@code $(NAME)}. */
public final class Verbatim {

  private Verbatim() {}

  /** So that what arrives in the container is the text itself: {@code $$} stands for {@code $}. */
  public static String of(String text) {
    return text.replace("$", "$$");
  }
}
