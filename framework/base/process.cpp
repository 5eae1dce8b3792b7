#include "framework/base/process.hpp"

#include <elf.h>
#include <fmt/chrono.h>
#include <link.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>

namespace laconic {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

// Returns field 22 of /proc/<pid>/stat; 0 if there is no such process, or only a zombie. Fields are
// counted after the last ')', since the program's name (field 2) may contain spaces.
int64_t start_ticks(int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const size_t name_end = text.rfind(')');
  if (name_end == text.npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  fields >> field;
  if (field == "Z" || field == "X") return 0;
  for (int i = 4; i <= 22; ++i) fields >> field;
  return std::strtoll(field.c_str(), nullptr, 10);
}

// Looks through the notes of the executable, the first object that is reported, for its build id.
int find_build_id(dl_phdr_info* object, size_t, void* result) {
  constexpr auto aligned = [](size_t bytes) { return (bytes + 3) / 4 * 4; };
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const auto* at = reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr);
    const char* const end = at + segment.p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(at);
      const auto* id =
          reinterpret_cast<const unsigned char*>(at) + sizeof *note + aligned(note->n_namesz);
      if (note->n_type == NT_GNU_BUILD_ID)
        for (size_t byte = 0; byte < note->n_descsz; ++byte)
          *static_cast<std::string*>(result) += fmt::format("{:02x}", id[byte]);
      at += sizeof *note + aligned(note->n_namesz) + aligned(note->n_descsz);
    }
  }
  return 1;  // enough
}

}  // namespace

std::string build_id() {
  std::string id;
  dl_iterate_phdr(find_build_id, &id);
  return id;
}

ProcessIdentity this_process() {
  const int64_t pid = ::getpid();
  return {host_name(), pid, start_ticks(pid)};
}

bool is_alive(const ProcessIdentity& process) {
  const int64_t ticks = start_ticks(process.pid);
  return process.host == host_name() && ticks != 0 && ticks == process.start_ticks;
}

std::vector<int> allowed_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cores;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  return cores;
}

int online_cores() {
  return static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
}

double wall_seconds() {
  using namespace std::chrono;
  return duration<double>(system_clock::now().time_since_epoch()).count();
}

std::string utc_time(double seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

}  // namespace laconic
