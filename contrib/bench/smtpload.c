/* smtpload: send mail to 127.0.0.1 as fast as the server takes it, and measure.
 *
 *   smtpload -p PORT [-t] [-s SESSIONS] [-k MESSAGES-A-CONNECTION] [-m MESSAGES] [-l BYTES]
 *   smtpload -p PORT -i CONNECTIONS
 *
 * One process, one epoll loop, no pipelining: MAIL, RCPT and DATA each wait for their reply. Every
 * message is the same BYTES long. With -t there is TLS from the first octet, unverified, a whole
 * handshake each time. With -i the connections are opened, greeted, and held until stdin ends. Prints
 * one JSON line; the status is 1 when any reply was not expected.
 *
 *   cc -O2 -o smtpload smtpload.c -lssl -lcrypto
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* What the next reply answers. */
enum step { GREETING, EHLO, MAIL, RCPT, DATA, BODY, QUIT };

struct session {
  int fd;
  SSL *tls;            /* NULL without TLS */
  enum step step;
  int left;            /* messages still to send on this connection */
  const char *out;     /* not yet written */
  size_t out_length;
  char in[2048];       /* the reply so far */
  size_t in_length;
  double begin;        /* of the message in hand */
};

static int port, sessions = 1, per_connection = 1, idle_count;
static long messages = 1, started, finished, errors, greeted;
static size_t size = 1024;
static char *body;
static size_t body_length;
static int poller;
static SSL_CTX *context; /* NULL without TLS */
static double *latencies;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void fatal(const char *what) {
  fprintf(stderr, "smtpload: %s: %s\n", what, strerror(errno));
  exit(74);
}

/* The message in wire form: a header, lines of 70 bytes, the final dot. */
static void make_body(void) {
  const char *header = "From: <a@client.example>\r\nTo: <b@sink.example>\r\nSubject: load\r\n\r\n";
  body = malloc(size + 128);
  strcpy(body, header);
  body_length = strlen(header);
  while (body_length + 2 < size) {
    size_t line = size - body_length - 2 < 70 ? size - body_length - 2 : 70;
    memset(body + body_length, 'x', line);
    memcpy(body + body_length + line, "\r\n", 2);
    body_length += line + 2;
  }
  memcpy(body + body_length, ".\r\n", 3);
  body_length += 3;
}

static void watch(struct session *s, int operation) {
  /* A handshake begins with what we say. */
  int writes = s->out_length || (s->tls && (SSL_want_write(s->tls) || SSL_in_before(s->tls)));
  struct epoll_event event = {.events = EPOLLIN | (writes ? EPOLLOUT : 0), .data.ptr = s};
  if (epoll_ctl(poller, operation, s->fd, &event) < 0) fatal("epoll_ctl");
}

static void say(struct session *s, const char *text, size_t length) {
  s->out = text;
  s->out_length = length;
}

#define SAY(s, text) say(s, text, sizeof(text) - 1)

static void connect_session(struct session *s) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  int one = 1;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (s->fd < 0) fatal("socket");
  setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(s->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) fatal("connect");
  s->step = GREETING;
  s->left = per_connection;
  s->in_length = s->out_length = 0;
  if (context) {
    s->tls = SSL_new(context);
    SSL_set_fd(s->tls, s->fd);
    SSL_set_connect_state(s->tls);
  }
  watch(s, EPOLL_CTL_ADD);
}

/* Begin the next message of this connection, or take leave. */
static void next_message(struct session *s) {
  if (s->left > 0 && started < messages) {
    s->left--;
    started++;
    s->begin = now();
    s->step = MAIL;
    SAY(s, "MAIL FROM:<a@client.example>\r\n");
  } else {
    s->step = QUIT;
    SAY(s, "QUIT\r\n");
  }
}

/* One whole reply. Returns 0 when the session is over. */
static int reply(struct session *s, int code) {
  static const int expected[] = {220, 250, 250, 250, 354, 250, 221};
  if (code != expected[s->step]) {
    errors++;
    if (errors < 5) fprintf(stderr, "smtpload: step %d: %.60s\n", s->step, s->in);
    return 0;
  }
  switch (s->step) {
  case GREETING:
    s->step = EHLO;
    SAY(s, "EHLO client.example\r\n");
    break;
  case EHLO:
    greeted++;
    if (!idle_count) next_message(s);
    break;
  case MAIL:
    s->step = RCPT;
    SAY(s, "RCPT TO:<b@sink.example>\r\n");
    break;
  case RCPT:
    s->step = DATA;
    SAY(s, "DATA\r\n");
    break;
  case DATA:
    s->step = BODY;
    say(s, body, body_length);
    break;
  case BODY:
    latencies[finished++] = now() - s->begin;
    next_message(s);
    break;
  case QUIT:
    return 0;
  }
  return 1;
}

/* As read(2) and write(2), over TLS where there is TLS. */
static ssize_t transfer(struct session *s, int length, const char *from, char *to) {
  if (!s->tls) return to ? read(s->fd, to, length) : write(s->fd, from, length);
  int count = to ? SSL_read(s->tls, to, length) : SSL_write(s->tls, from, length);
  if (count > 0) return count;
  int why = SSL_get_error(s->tls, count);
  if (why == SSL_ERROR_ZERO_RETURN) return 0;
  errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : EIO;
  return -1;
}

static void end(struct session *s) {
  if (s->tls) {
    SSL_shutdown(s->tls);
    SSL_free(s->tls);
    s->tls = NULL;
  }
  close(s->fd);
}

/* Returns 0 when the session is over. */
static int readable(struct session *s) {
  ssize_t count = transfer(s, sizeof s->in - s->in_length - 1, NULL, s->in + s->in_length);
  if (count < 0 && errno == EAGAIN) return 1;
  if (count <= 0) {
    errors++;
    return 0;
  }
  s->in_length += count;
  s->in[s->in_length] = 0;
  char *line = s->in, *end;
  int alive = 1;
  while (alive && (end = strchr(line, '\n'))) {
    if (end - line > 3 && line[3] == '-') {
      line = end + 1; /* more lines follow */
      continue;
    }
    alive = reply(s, atoi(line));
    line = end + 1;
  }
  s->in_length -= line - s->in;
  memmove(s->in, line, s->in_length);
  if (s->in_length == sizeof s->in - 1) {
    errors++;
    return 0;
  }
  return alive;
}

static int writable(struct session *s) {
  while (s->out_length) {
    ssize_t count = transfer(s, s->out_length, s->out, NULL);
    if (count < 0) {
      if (errno == EAGAIN) return 1;
      errors++;
      return 0;
    }
    s->out += count;
    s->out_length -= count;
  }
  return 1;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  int option;
  while ((option = getopt(argc, argv, "p:ts:k:m:l:i:")) != -1) {
    switch (option) {
    case 'p': port = atoi(optarg); break;
    case 't':
      context = SSL_CTX_new(TLS_client_method());
      SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
      break;
    case 's': sessions = atoi(optarg); break;
    case 'k': per_connection = atoi(optarg); break;
    case 'm': messages = atol(optarg); break;
    case 'l': size = atol(optarg); break;
    case 'i': idle_count = atoi(optarg); break;
    default: fprintf(stderr, "usage: see the head of smtpload.c\n"); return 64;
    }
  }
  if (idle_count) {
    struct rlimit files = {idle_count + 64, idle_count + 64};
    if (setrlimit(RLIMIT_NOFILE, &files) < 0) {
      getrlimit(RLIMIT_NOFILE, &files);
      files.rlim_cur = files.rlim_max;
      setrlimit(RLIMIT_NOFILE, &files);
    }
    sessions = idle_count;
  }
  make_body();
  latencies = calloc(messages + 1, sizeof *latencies);
  poller = epoll_create1(0);
  struct session *all = calloc(sessions, sizeof *all);
  double begin = now();
  int live = 0, opened = 0;
  /* With -i at most 256 at a time wait for their greeting: the test is of memory, not of the
   * listen queue. */
  while (opened < sessions && (!idle_count || opened < 256)) {
    connect_session(&all[opened++]);
    live++;
  }
  while (live > 0 && !(idle_count && greeted + errors >= idle_count)) {
    struct epoll_event events[256];
    int count = epoll_wait(poller, events, 256, 60000);
    if (count == 0) {
      fprintf(stderr, "smtpload: nothing for 60 s, %ld messages done\n", finished);
      errors++;
      break;
    }
    long before = greeted;
    for (int i = 0; i < count; i++) {
      struct session *s = events[i].data.ptr;
      int alive = !s->tls && !(events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) ? 1 : readable(s);
      if (alive) alive = writable(s);
      if (alive) {
        watch(s, EPOLL_CTL_MOD);
      } else {
        end(s);
        if (!idle_count && started < messages && errors < 100)
          connect_session(s);
        else
          live--;
      }
    }
    for (; idle_count && before < greeted && opened < sessions; before++, opened++, live++)
      connect_session(&all[opened]);
  }
  double seconds = now() - begin;
  if (idle_count) {
    char wait[64];
    printf("{\"greeted\": %ld, \"seconds\": %.3f, \"errors\": %ld}\n", greeted, seconds, errors);
    fflush(stdout);
    while (read(0, wait, sizeof wait) > 0) {
    }
    return errors != 0;
  }
  struct rusage own;
  getrusage(RUSAGE_SELF, &own);
  qsort(latencies, finished, sizeof *latencies, ascending);
  printf("{\"messages\": %ld, \"seconds\": %.4f, \"rate\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, "
         "\"own_cpu\": %.3f, \"errors\": %ld}\n",
         finished, seconds, finished / seconds, finished ? latencies[finished / 2] * 1e3 : 0,
         finished ? latencies[(long)(finished * 0.99)] * 1e3 : 0,
         own.ru_utime.tv_sec + own.ru_stime.tv_sec +
             (own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6,
         errors);
  return errors != 0 || finished != messages;
}
