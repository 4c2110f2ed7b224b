/* The one-file help program for Linux: unpacks what follows it in its file into a private folder, runs that, and removes
   it. A file that is not whole is told to the customer in a window, since a double click shows nothing else.

   In the file after this program: struct head ‖ a zstd frame of entries: struct entry ‖ path ‖ content, one after the
   other, folders before what is in them. tests/packaging/one_file.py writes it. */

#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "said.gen.h"
#include "zstd.h"

struct head {
  char magic[8];
  uint64_t packed, unpacked;
  uint32_t checksum, zero;
};
struct entry {
  uint32_t path_length, mode;
  uint64_t size;
};
enum { CHUNK = 1 << 20 };

static char self[PATH_MAX], folder[PATH_MAX];
static const unsigned char *file_bytes;
static size_t file_size;
static struct head head;
static const unsigned char *packed;
static pid_t program;

/* What is said ------------------------------------------------------------------------------------------------------ */

static const struct said *in_language_of_the_computer(void) {
  const char *names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  for (int i = 0; i < 3; i++) {
    const char *chosen = getenv(names[i]);
    if (chosen == NULL || *chosen == 0) continue;
    for (const struct said *each = SAID; each->language != NULL; each++)
      if (strncmp(chosen, each->language, strlen(each->language)) == 0) return each;
    break;
  }
  return SAID;
}

static int shown_by(const char *const *command) {
  pid_t window;
  int status;
  if (posix_spawnp(&window, command[0], NULL, NULL, (char *const *)command, environ) != 0) return 0;
  return waitpid(window, &status, 0) == window && WIFEXITED(status) && WEXITSTATUS(status) <= 1;
}

static int complain(const char *text) {
  const char *const commands[][7] = {
      {"zenity", "--error", "--no-markup", "--title", TITLE, "--text", NULL},
      {"kdialog", "--title", TITLE, "--error", NULL},
      {"xmessage", "-center", NULL},
      {"notify-send", TITLE, NULL},
  };
  char lines[1024];
  snprintf(lines, sizeof lines, "%s", text);
  for (char *each = lines; (each = strstr(each, ". ")) != NULL;) each[1] = '\n'; /* not every window breaks lines */
  fprintf(stderr, "%s\n", text);
  if (getenv("DISPLAY") == NULL && getenv("WAYLAND_DISPLAY") == NULL) return 1;
  for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++) {
    const char *words[9] = {0};
    int count = 0;
    while (commands[i][count] != NULL) words[count] = commands[i][count], count++;
    words[count] = lines;
    if (shown_by(words)) break;
  }
  return 1;
}

/* What is in the file ----------------------------------------------------------------------------------------------- */

static uint32_t checksum_of(const unsigned char *bytes, size_t count) {
  static uint32_t table[256];
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ 0xedb88320u : value >> 1;
    table[i] = value;
  }
  uint32_t sum = 0xffffffffu;
  for (size_t i = 0; i < count; i++) sum = sum >> 8 ^ table[(sum ^ bytes[i]) & 0xff];
  return ~sum;
}

/* Whether the file is as it was made. */
static int is_whole(void) {
  int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  struct stat about;
  if (file < 0 || fstat(file, &about) != 0) return 0;
  file_size = (size_t)about.st_size;
  void *bytes = mmap(NULL, file_size, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (bytes == MAP_FAILED) return 0;
  file_bytes = bytes;
  Elf64_Ehdr elf;
  memcpy(&elf, file_bytes, sizeof elf);
  size_t begins = elf.e_shoff + (size_t)elf.e_shnum * elf.e_shentsize; /* of an ELF file the sections' headers are last */
  if (begins + sizeof head > file_size) return 0;
  memcpy(&head, file_bytes + begins, sizeof head);
  packed = file_bytes + begins + sizeof head;
  return memcmp(head.magic, MAGIC, sizeof head.magic) == 0 && head.packed == file_size - begins - sizeof head &&
         checksum_of(packed, head.packed) == head.checksum;
}

struct reader {
  ZSTD_DStream *stream;
  ZSTD_inBuffer in;
};

static int read_some(struct reader *reader, void *target, size_t count) {
  ZSTD_outBuffer out = {target, count, 0};
  while (out.pos < count) {
    size_t before = out.pos, left = ZSTD_decompressStream(reader->stream, &out, &reader->in);
    if (ZSTD_isError(left)) return errno = EIO, 0;
    if (out.pos == before && reader->in.pos == reader->in.size) return errno = EIO, 0;
  }
  return 1;
}

static int write_file(struct reader *reader, int root, const char *path, const struct entry *entry) {
  static unsigned char chunk[CHUNK];
  int target = openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, entry->mode);
  if (target < 0) return 0;
  for (uint64_t left = entry->size; left > 0;) {
    size_t some = left < CHUNK ? (size_t)left : CHUNK;
    if (!read_some(reader, chunk, some)) return close(target), 0;
    for (size_t done = 0; done < some;) {
      ssize_t wrote = write(target, chunk + done, some - done);
      if (wrote < 0) return close(target), 0;
      done += (size_t)wrote;
    }
    left -= some;
  }
  return close(target) == 0;
}

static int unpack(void) {
  struct reader reader = {ZSTD_createDStream(), {packed, head.packed, 0}};
  int root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC), good = root >= 0 && reader.stream != NULL;
  struct entry entry;
  while (good && (good = read_some(&reader, &entry, sizeof entry)) && entry.path_length > 0) {
    char path[PATH_MAX] = {0};
    good = entry.path_length < PATH_MAX && read_some(&reader, path, entry.path_length) &&
           (S_ISDIR(entry.mode) ? mkdirat(root, path, 0700) == 0 : write_file(&reader, root, path, &entry));
  }
  if (root >= 0) close(root);
  ZSTD_freeDStream(reader.stream);
  return good;
}

/* Where it runs ----------------------------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where) {
  (void)about, (void)kind, (void)where;
  return remove(path), 0;
}

static void clean_up(void) { nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

/* Make a private folder in `place` with the program in it. */
static int is_made_in(const char *place) {
  struct statvfs about;
  if (place == NULL || *place != '/' || statvfs(place, &about) != 0) return 0;
  if (about.f_flag & (ST_NOEXEC | ST_RDONLY)) return 0;
  if ((uint64_t)about.f_bavail * about.f_frsize < head.unpacked) return 0;
  if ((size_t)snprintf(folder, sizeof folder, "%s/deskside-help-XXXXXX", place) >= sizeof folder) return 0;
  if (mkdtemp(folder) == NULL) return 0; /* for this user only: mode 700 */
  if (unpack()) return 1;
  return clean_up(), 0;
}

static int is_made(void) {
  char cache[PATH_MAX] = "";
  const char *chosen = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  if (chosen != NULL && *chosen == '/')
    snprintf(cache, sizeof cache, "%s", chosen);
  else if (home != NULL)
    snprintf(cache, sizeof cache, "%s/.cache", home);
  return is_made_in(getenv("TMPDIR")) || is_made_in("/tmp") || is_made_in("/var/tmp") ||
         (mkdir(cache, 0700), is_made_in(cache));
}

static void pass_on(int number, siginfo_t *about, void *context) {
  (void)context;
  if (about->si_code != SI_KERNEL && program > 0) kill(program, number); /* from a terminal the program has it already */
}

/* Run the program until it ends. All signals are blocked; `usual` are those that were before. */
static int run(char **arguments, const sigset_t *usual) {
  const int passed[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
  char path[PATH_MAX + sizeof PROGRAM];
  snprintf(path, sizeof path, "%s/%s", folder, PROGRAM);
  pid_t us = getpid();
  program = fork();
  if (program == 0) {
    sigprocmask(SIG_SETMASK, usual, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* it must not go on when what the customer sees of it has been killed */
    if (getppid() != us) _exit(1);
    setenv(STARTED_AS, self, 1);
    execv(path, arguments);
    _exit(127);
  }
  struct sigaction action = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART};
  for (unsigned i = 0; i < sizeof passed / sizeof *passed; i++) {
    struct sigaction was;
    if (sigaction(passed[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN) sigaction(passed[i], &action, NULL);
  }
  sigprocmask(SIG_SETMASK, usual, NULL);
  int status = 1 << 8;
  while (program > 0 && waitpid(program, &status, 0) < 0 && errno == EINTR) continue;
  clean_up();
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
  signal(WTERMSIG(status), SIG_DFL);
  raise(WTERMSIG(status));
  return 1;
}

/* Whether something has asked meanwhile that this ends. */
static int is_asked_to_end(void) {
  sigset_t waiting;
  sigpending(&waiting);
  return sigismember(&waiting, SIGINT) || sigismember(&waiting, SIGTERM) || sigismember(&waiting, SIGHUP) ||
         sigismember(&waiting, SIGQUIT);
}

int main(int count, char **arguments) {
  (void)count;
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length <= 0) return complain(in_language_of_the_computer()->damaged);
  if (!is_whole()) return complain(in_language_of_the_computer()->damaged);
  sigset_t all, usual;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &usual); /* what ends it while it unpacks would leave half of it behind */
  mode_t usual_mask = umask(077);
  int good = is_made();
  umask(usual_mask);
  if (good && !is_asked_to_end()) return run(arguments, &usual);
  if (good) clean_up();
  sigprocmask(SIG_SETMASK, &usual, NULL);
  return complain(in_language_of_the_computer()->no_room);
}
