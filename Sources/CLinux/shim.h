/* Linux calls that the Glibc module of Swift leaves out: <features.h> hides them without
 * _GNU_SOURCE, and a module cannot set that. Declared here under names of our own, and without
 * any header, so that no declaration of the C library can come to belong to this module. */

#ifndef POSTROOM_CLINUX_SHIM_H
#define POSTROOM_CLINUX_SHIM_H

int postroom_accept4(int descriptor, void *address, unsigned int *length, int flags)
    __asm__("accept4");
int postroom_eventfd(unsigned int initial, int flags) __asm__("eventfd");
int postroom_signalfd(int descriptor, const void *signals, int flags) __asm__("signalfd");
int postroom_pipe2(int *ends, int flags) __asm__("pipe2");
int postroom_renameat2(int old_directory, const char *old_path, int new_directory,
                       const char *new_path, unsigned int flags) __asm__("renameat2");
int postroom_setresgid(unsigned int real, unsigned int effective, unsigned int saved)
    __asm__("setresgid");
int postroom_setresuid(unsigned int real, unsigned int effective, unsigned int saved)
    __asm__("setresuid");
long postroom_syscall(long number, ...) __asm__("syscall");

/* The C library has had pidfd_open only since 2.36; its number is 434 everywhere but on alpha. */
static inline int postroom_pidfd_open(int process) {
  return (int)postroom_syscall(434L, process, 0);
}

/* The values of O_CLOEXEC and O_NONBLOCK, as <sys/eventfd.h> and <sys/signalfd.h> have them. */
enum { POSTROOM_CLOEXEC = 02000000, POSTROOM_NONBLOCK = 04000 };

/* RENAME_NOREPLACE of <stdio.h>. */
enum { POSTROOM_RENAME_NOREPLACE = 1 };

/* epoll(7), as far as it is needed: descriptors that are to be read, each told of once. */
struct postroom_epoll_event {
  unsigned int events;
  unsigned long long data;
}
#if defined(__x86_64__)
__attribute__((packed))
#endif
;
int postroom_epoll_create1(int flags) __asm__("epoll_create1");
int postroom_epoll_ctl(int epoll, int operation, int descriptor,
                       struct postroom_epoll_event *event) __asm__("epoll_ctl");
int postroom_epoll_wait(int epoll, struct postroom_epoll_event *events, int max, int timeout)
    __asm__("epoll_wait");

/* EPOLLIN and EPOLLRDHUP, which poll(2) knows by the same numbers. */
enum { POSTROOM_POLLIN = 0x001, POSTROOM_POLLRDHUP = 0x2000 };

/* EPOLL_CTL_ADD with EPOLLONESHOT; an error or the end of both directions is told of unasked. */
static inline int postroom_epoll_add_for(int epoll, int descriptor, unsigned int events) {
  struct postroom_epoll_event event = {events | (1u << 30), (unsigned long long)descriptor};
  return postroom_epoll_ctl(epoll, 1, descriptor, &event);
}

/* The same, for what is to be read. */
static inline int postroom_epoll_add(int epoll, int descriptor) {
  return postroom_epoll_add_for(epoll, descriptor, POSTROOM_POLLIN | POSTROOM_POLLRDHUP);
}

/* The same, told of as long as it is so. */
static inline int postroom_epoll_watch(int epoll, int descriptor) {
  struct postroom_epoll_event event = {0x001u, (unsigned long long)descriptor};
  return postroom_epoll_ctl(epoll, 1, descriptor, &event);
}

/* EPOLL_CTL_DEL. */
static inline int postroom_epoll_remove(int epoll, int descriptor) {
  return postroom_epoll_ctl(epoll, 2, descriptor, 0);
}

/* SCHED_BATCH and SCHED_RESET_ON_FORK of <sched.h>. */
enum { POSTROOM_SCHED_BATCH = 3, POSTROOM_SCHED_RESET_ON_FORK = 0x40000000 };

extern char **environ;

/* Swift takes the variable itself for shared mutable state, which at start it is not yet. */
static inline char **postroom_environment(void) { return environ; }

#endif
