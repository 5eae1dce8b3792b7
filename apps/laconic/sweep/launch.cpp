#include "apps/laconic/sweep/launch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <sstream>
#include <system_error>

#include "framework/base/child.hpp"
#include "framework/base/error.hpp"

namespace laconic::sweep {
namespace {

// A descriptor that children do not inherit.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
    if (number_ < 0)
      fail(ExitCode::cannot_create, "{}: {}", path, std::generic_category().message(errno));
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> result;
  for (std::string word; stream >> word;) result.push_back(word);
  return result;
}

pid_t launch(const std::vector<std::string>& command, const std::string& log) {
  Child child{.command = command, .own_group = true};
  std::unique_ptr<Descriptor> in, out;
  if (!log.empty()) {
    in = std::make_unique<Descriptor>("/dev/null", O_RDONLY);
    out = std::make_unique<Descriptor>(log, O_WRONLY | O_CREAT | O_APPEND);
    child.in = in->number();
    child.out = child.err = out->number();
  }
  const std::optional<pid_t> started = start(child);
  if (!started) fail(ExitCode::environment, "{}: there is no such program", command[0]);
  return *started;
}

std::string this_executable() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

}  // namespace laconic::sweep
