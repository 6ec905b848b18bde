/* The provider of the benchmark: one thread, epoll, HTTP/1.1 with keep-alive, and nothing to wait
 * for but what is asked. It has to be far faster than any gateway, or it would be measured itself.
 *
 *   upstream PORT
 *
 *   POST /WAIT-GAP-CHUNKS/v1/chat/completions   answers after WAIT ms; where the body has
 *       "stream": true, in CHUNKS pieces that are GAP ms apart. Each piece has another word,
 *       because some gateways end a stream that repeats itself.
 *   GET /count                                  {"requests": N}: the POSTs that have come so far
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINES = 64, EVENTS = 512, FIRST_BUFFER = 8192, LONGEST = 1 << 24 };

/* Bytes that wait to be read or written; `from` is where the next ones begin. */
typedef struct {
  char *data;
  size_t from, to, size;
} Buffer;

typedef struct Connection Connection;
struct Connection {
  int socket;
  bool busy, streams, blocked;
  int gap, chunks, sent;
  int64_t due;
  struct Line *line;
  Connection *before, *after;
  Buffer in, out;
};

/* Those that wait equally long stand in the order in which they came, so that no heap is needed:
 * who stands first is always due first. */
typedef struct Line {
  int milliseconds;
  bool opening;
  Connection *first, *last;
} Line;

static int epoll;
static Line lines[LINES];
static int line_count;
static long requests;

static const char WHOLE[] =
    "{\"id\":\"chatcmpl-bench-0001\",\"object\":\"chat.completion\",\"created\":1780000000,"
    "\"model\":\"mock\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
    "\"A vein of ore runs through the rock where two plates once met. Water carried the metal up, "
    "cooled, and left it there. Who follows the vein finds more of it.\",\"refusal\":null,"
    "\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{"
    "\"prompt_tokens\":214,\"completion_tokens\":40,\"total_tokens\":254,"
    "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"
    "\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,"
    "\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}},"
    "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_bench\"}";

#define EVENT_HEAD                                                                              \
  "data: {\"id\":\"chatcmpl-bench-0001\",\"object\":\"chat.completion.chunk\",\"created\":"       \
  "1780000000,\"model\":\"mock\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_bench\"," \
  "\"choices\":["
#define STREAM_HEAD                                                                             \
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n"             \
  "transfer-encoding: chunked\r\nx-request-id: req_bench\r\n\r\n"

static int64_t now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void *need(void *memory) {
  if (memory == NULL) {
    fprintf(stderr, "upstream: out of memory\n");
    exit(1);
  }
  return memory;
}

static void make_room(Buffer *buffer, size_t more) {
  if (buffer->from == buffer->to) buffer->from = buffer->to = 0;
  if (buffer->to + more <= buffer->size) return;
  buffer->size = (buffer->to + more) * 2;
  buffer->data = need(realloc(buffer->data, buffer->size));
}

static void add(Buffer *buffer, const char *data, size_t length) {
  make_room(buffer, length);
  memcpy(buffer->data + buffer->to, data, length);
  buffer->to += length;
}

static Line *line_of(int milliseconds, bool opening) {
  for (int i = 0; i < line_count; i++)
    if (lines[i].milliseconds == milliseconds && lines[i].opening == opening) return &lines[i];
  if (line_count == LINES) {
    fprintf(stderr, "upstream: more than %d different waits were asked for\n", LINES);
    exit(1);
  }
  lines[line_count] = (Line){.milliseconds = milliseconds, .opening = opening};
  return &lines[line_count++];
}

static void stand_in(Connection *connection, Line *line, int64_t from) {
  connection->due = from + line->milliseconds * 1000LL;
  connection->line = line;
  connection->before = line->last;
  connection->after = NULL;
  *(line->last ? &line->last->after : &line->first) = connection;
  line->last = connection;
}

static void step_out(Connection *connection) {
  Line *line = connection->line;
  if (line == NULL) return;
  *(connection->before ? &connection->before->after : &line->first) = connection->after;
  *(connection->after ? &connection->after->before : &line->last) = connection->before;
  connection->line = NULL;
}

static Connection *next_due(void) {
  Connection *found = NULL;
  for (int i = 0; i < line_count; i++) {
    Connection *first = lines[i].first;
    if (first && (found == NULL || first->due < found->due)) found = first;
  }
  return found;
}

static void drop(Connection *connection) {
  step_out(connection);
  close(connection->socket);
  free(connection->in.data);
  free(connection->out.data);
  free(connection);
}

/* False where the other side is gone. */
static bool write_out(Connection *connection) {
  Buffer *out = &connection->out;
  while (out->from < out->to) {
    ssize_t count =
        send(connection->socket, out->data + out->from, out->to - out->from, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN) break;
    if (count < 0) return false;
    out->from += (size_t)count;
  }
  bool blocked = out->from < out->to;
  if (blocked != connection->blocked) {
    uint32_t wanted = EPOLLIN | (blocked ? EPOLLOUT : 0);
    struct epoll_event event = {.events = wanted, .data.ptr = connection};
    epoll_ctl(epoll, EPOLL_CTL_MOD, connection->socket, &event);
    connection->blocked = blocked;
  }
  return true;
}

static void add_json(Buffer *out, const char *json, size_t length) {
  char head[160];
  int count = snprintf(head, sizeof head,
                       "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                       "content-length: %zu\r\nx-request-id: req_bench\r\n\r\n",
                       length);
  add(out, head, (size_t)count);
  add(out, json, length);
}

static void add_event(Buffer *out, const char *event) {
  char size[16];
  size_t length = strlen(event);
  add(out, size, (size_t)snprintf(size, sizeof size, "%zx\r\n", length));
  add(out, event, length);
  add(out, "\r\n", 2);
}

static void add_piece(Connection *connection) {
  char event[512];
  if (connection->sent == 0) add(&connection->out, STREAM_HEAD, sizeof STREAM_HEAD - 1);
  snprintf(event, sizeof event,
           EVENT_HEAD "{\"index\":0,\"delta\":{\"content\":\" word%d\"},\"logprobs\":null,"
                      "\"finish_reason\":null}]}\n\n",
           connection->sent);
  add_event(&connection->out, event);
  connection->sent++;
}

static void add_end(Buffer *out) {
  add_event(out, EVENT_HEAD
            "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n");
  add_event(out, EVENT_HEAD "],\"usage\":{\"prompt_tokens\":214,\"completion_tokens\":200,"
                            "\"total_tokens\":414}}\n\n");
  add_event(out, "data: [DONE]\n\n");
  add(out, "0\r\n\r\n", 5);
}

/* What a connection has waited for has come: the reply, or its next piece. */
static void answer(Connection *connection) {
  int64_t due = connection->due;
  step_out(connection);
  if (!connection->streams) {
    add_json(&connection->out, WHOLE, sizeof WHOLE - 1);
    connection->busy = false;
    return;
  }
  add_piece(connection);
  if (connection->sent < connection->chunks) {
    /* From when it was due, not from now: being late once does not slow a stream down. */
    stand_in(connection, line_of(connection->gap, false), due);
  } else {
    add_end(&connection->out);
    connection->busy = false;
  }
}

static bool says_stream(const char *body, size_t length) {
  const char *end = body + length;
  const char *found = memmem(body, length, "\"stream\"", 8);
  if (found == NULL) return false;
  for (found += 8; found < end && (*found == ' ' || *found == ':'); found++) continue;
  return end - found >= 4 && memcmp(found, "true", 4) == 0;
}

/* The length of the body that begins at `body`, or -1 while it is not all there. */
static ssize_t body_length(const char *head, const char *body, const char *end) {
  const char *length = strcasestr(head, "\r\ncontent-length:");
  if (length) {
    long wanted = strtol(length + 17, NULL, 10);
    return wanted <= end - body ? wanted : -1;
  }
  if (strcasestr(head, "\r\ntransfer-encoding: chunked") == NULL) return 0;
  const char *last = memmem(body, (size_t)(end - body), "0\r\n\r\n", 5);
  return last ? last + 5 - body : -1;
}

/* Takes one request, if it is there as a whole and the one before it is answered. */
static bool take_request(Connection *connection) {
  Buffer *in = &connection->in;
  char *start = in->data + in->from, *end = in->data + in->to;
  char *body = in->from < in->to ? memmem(start, (size_t)(end - start), "\r\n\r\n", 4) : NULL;
  if (connection->busy || body == NULL) return false;
  body[2] = '\0'; /* The head is a text now, so that it can be searched as one. */
  body += 4;
  ssize_t length = body_length(start, body, end);
  body[-2] = '\r';
  if (length < 0) return false;
  in->from = (size_t)(body + length - in->data);
  if (memcmp(start, "GET ", 4) == 0) {
    char told[48];
    int count = snprintf(told, sizeof told, "{\"requests\": %ld}", requests);
    add_json(&connection->out, told, (size_t)count);
    return true;
  }
  requests++;
  int wait = 0;
  connection->gap = connection->chunks = connection->sent = 0;
  sscanf(start, "POST /%d-%d-%d/", &wait, &connection->gap, &connection->chunks);
  connection->streams = says_stream(body, (size_t)length);
  connection->busy = true;
  if (wait > 0 || connection->streams) {
    stand_in(connection, line_of(wait, true), now_us());
  } else {
    connection->due = now_us();
    answer(connection);
  }
  return true;
}

/* False where the other side is gone, or sends a request beyond all measure. */
static bool read_in(Connection *connection) {
  Buffer *in = &connection->in;
  for (;;) {
    make_room(in, FIRST_BUFFER);
    size_t room = in->size - in->to;
    ssize_t count = read(connection->socket, in->data + in->to, room);
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return false;
    in->to += (size_t)count;
    if (in->to - in->from > LONGEST) return false;
    if ((size_t)count < room) return true;
  }
}

static void go_on(Connection *connection) {
  while (take_request(connection)) continue;
  if (!write_out(connection)) drop(connection);
}

static void welcome(int listening) {
  int one = 1, accepted;
  while ((accepted = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    Connection *connection = need(calloc(1, sizeof *connection));
    connection->socket = accepted;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event);
  }
}

static int listen_at(int port) {
  int one = 1, listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listening, (struct sockaddr *)&address, sizeof address) || listen(listening, 4096)) {
    perror("upstream: cannot listen");
    exit(1);
  }
  return listening;
}

/* Waits for sockets, and not past the moment at which a reply is due. */
static int wait_for(struct epoll_event *events) {
  Connection *first = next_due();
  if (first == NULL) return epoll_wait(epoll, events, EVENTS, -1);
  int64_t left = first->due - now_us();
  if (left < 0) left = 0;
  struct timespec timeout = {.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};
  return epoll_pwait2(epoll, events, EVENTS, &timeout, NULL);
}

static void answer_all_due(void) {
  int64_t now = now_us();
  for (Connection *first; (first = next_due()) && first->due <= now;) {
    answer(first);
    go_on(first);
  }
}

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: upstream PORT\n");
    return 2;
  }
  struct epoll_event events[EVENTS];
  int listening = listen_at(atoi(arguments[1]));
  epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event);
  for (;;) {
    int ready = wait_for(events);
    for (int i = 0; i < ready; i++) {
      Connection *connection = events[i].data.ptr;
      if (connection == NULL) {
        welcome(listening);
      } else if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) && !read_in(connection)) {
        drop(connection);
      } else {
        go_on(connection);
      }
    }
    answer_all_due();
  }
}
