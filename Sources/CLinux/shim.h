/* Linux calls that the Glibc module of Swift leaves out: <features.h> hides them without
 * _GNU_SOURCE, and a module cannot set that. Declared here as their manual pages do. */

#ifndef POSTROOM_CLINUX_SHIM_H
#define POSTROOM_CLINUX_SHIM_H

#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>

int setresgid(gid_t real, gid_t effective, gid_t saved);
int setresuid(uid_t real, uid_t effective, uid_t saved);
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
int eventfd(unsigned int initial, int flags);
int signalfd(int descriptor, const sigset_t *signals, int flags);
int renameat2(int old_directory, const char *old_path, int new_directory, const char *new_path,
              unsigned int flags);
int pipe2(int ends[2], int flags);
long syscall(long number, ...);

extern char **environ;

/* Swift takes the variable itself for shared mutable state, which at start it is not yet. */
static inline char **postroom_environment(void) { return environ; }

/* The values of O_CLOEXEC and O_NONBLOCK, as <sys/eventfd.h> and <sys/signalfd.h> have them. */
enum { POSTROOM_CLOEXEC = 02000000, POSTROOM_NONBLOCK = 04000 };

/* RENAME_NOREPLACE of <stdio.h>. */
enum { POSTROOM_RENAME_NOREPLACE = 1 };

/* The C library has had a wrapper only since 2.36. */
static inline int postroom_pidfd_open(pid_t process) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, process, 0);
#else
  return (int)syscall(434, process, 0);
#endif
}

#endif
