/* An extension module of the old form, of which a process can hold one: declared without Python.h,
   so that it needs a compiler and no headers. */
struct definition {
  long references;
  void *type, *init;
  long index;
  void *copy;
  const char *name, *doc;
  long size;
  void *methods, *slots, *traverse, *clear, *free;
};

void *PyModule_Create2(struct definition *, int);

static struct definition module = {.references = 1, .name = "single_phase", .size = -1};

void *PyInit_single_phase(void) { return PyModule_Create2(&module, 1013); }
