/* libedit for Swift, which cannot call functions with a variable number of arguments, nor name
 * stdin and stderr, which are variables. */

#ifndef POSTROOM_CEDIT_SHIM_H
#define POSTROOM_CEDIT_SHIM_H

#include <histedit.h>
#include <stdio.h>

/* What is typed comes from standard input; what is shown goes to standard error, as a shell's
 * prompt does. */
static inline EditLine *postroom_edit_open(const char *program) {
  return el_init(program, stdin, stderr, stderr);
}

typedef char *(*postroom_edit_prompt_function)(EditLine *);
typedef unsigned char (*postroom_edit_function)(EditLine *, int);

static inline void postroom_edit_set_prompt(EditLine *edit, postroom_edit_prompt_function prompt) {
  el_set(edit, EL_PROMPT, prompt);
}

static inline void postroom_edit_set_reader(EditLine *edit, el_rfunc_t reader) {
  el_set(edit, EL_GETCFN, reader);
}

/* Emacs' keys, and no ~/.editrc; the keyboard's signals are characters while a line is edited. */
static inline void postroom_edit_set_up(EditLine *edit) {
  el_set(edit, EL_EDITOR, "emacs");
  el_set(edit, EL_SIGNAL, 0);
  el_set(edit, EL_SETTY, "-d", "-isig", NULL);
}

static inline void postroom_edit_bind(EditLine *edit, const char *key, const char *name,
                                      const char *help, postroom_edit_function function) {
  el_set(edit, EL_ADDFN, name, help, function);
  el_set(edit, EL_BIND, key, name, NULL);
}

static inline void postroom_edit_bind_known(EditLine *edit, const char *key, const char *name) {
  el_set(edit, EL_BIND, key, name, NULL);
}

static inline void postroom_edit_set_context(EditLine *edit, void *context) {
  el_set(edit, EL_CLIENTDATA, context);
}

static inline void *postroom_edit_context(EditLine *edit) {
  void *context = NULL;
  el_get(edit, EL_CLIENTDATA, &context);
  return context;
}

static inline void postroom_edit_set_history(EditLine *edit, History *lines, int count) {
  HistEvent event;
  history(lines, &event, H_SETSIZE, count);
  history(lines, &event, H_SETUNIQUE, 1);
  el_set(edit, EL_HIST, history, lines);
}

static inline void postroom_edit_remember(History *lines, const char *line) {
  HistEvent event;
  history(lines, &event, H_ENTER, line);
}

#endif
