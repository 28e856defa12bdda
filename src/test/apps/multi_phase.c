/* An extension module of the new form, of which each interpreter can have one, if it is written so.
   Declared without Python.h, so that it needs a compiler and no headers. It is compiled with one of

   ONCE       like the code that Cython makes: refuses to be loaded by a second interpreter
   ONCE_ALONE the same with a text that nobody knows
   DECLARES   says of itself that it is for one interpreter (CPython 3.12 and later)
   LOCKS      lets other threads run Python while it holds a lock of the process */
#include <pthread.h>
#include <unistd.h>

struct slot {
  int number;
  void *value;
};

struct definition {
  long references;
  void *type, *init;
  long index;
  void *copy;
  const char *name, *doc;
  long size;
  void *methods;
  struct slot *slots;
  void *traverse, *clear, *free;
};

void *PyModuleDef_Init(struct definition *);
void PyErr_SetString(void *, const char *);
void *PyEval_SaveThread(void);
void PyEval_RestoreThread(void *);
extern void *PyExc_ImportError;

static int run(void *module) {
  (void)module;
#if defined ONCE || defined ONCE_ALONE
  static int loads;
  if (loads++) {
#ifdef ONCE
    PyErr_SetString(
        PyExc_ImportError,
        "Interpreter change detected - this module can only be loaded into one interpreter per "
        "process.");
#else
    PyErr_SetString(PyExc_ImportError, "not twice");
#endif
    return -1;
  }
#endif
#ifdef LOCKS
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  void *state = PyEval_SaveThread();
  usleep(300000);
  PyEval_RestoreThread(state);
  pthread_mutex_unlock(&mutex);
#endif
  return 0;
}

static struct slot slots[] = {
    {2, run}, /* Py_mod_exec */
#ifdef DECLARES
    {3, 0}, /* Py_mod_multiple_interpreters: not supported */
#endif
    {0, 0},
};

static struct definition module = {.references = 1, .name = NAME, .slots = slots};

void *INIT(void) { return PyModuleDef_Init(&module); }
