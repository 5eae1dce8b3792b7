#include "tests/fuzz/attempt.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "framework/base/error.hpp"

namespace laconic::fuzz {
namespace {

constexpr double longest_s = 5;

// Of this process and the children it has waited for: a busy machine makes no input slow.
double processor_seconds() {
  double seconds = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const timeval& t : {usage.ru_utime, usage.ru_stime})
      seconds += static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  }
  return seconds;
}

bool names_a_file(const std::string& message, const Files& files, const std::string& folder) {
  return (!folder.empty() && message.find(folder) != std::string::npos) ||
         std::ranges::any_of(files, [&](const auto& file) {
           return message.find(file.first) != std::string::npos;
         });
}

}  // namespace

Outcome attempt(const Target& target, const Input& input, const std::string& folder) {
  if (target.on_disk) lay(input.files, folder);
  const double start = processor_seconds();
  Outcome outcome;
  try {
    target.load(input.files, folder);
    if (input.hopeless) outcome.wrong = "accepted, although it cannot be right";
  } catch (const Error& error) {
    outcome.code = error.code();
    const bool documented = error.code() == ExitCode::data || error.code() == ExitCode::io ||
                            error.code() == ExitCode::no_checkpoint;
    if (!documented)
      outcome.wrong =
          fmt::format("refused with code {}: {}", exit_code_name(error.code()), error.what());
    else if (!names_a_file(error.what(), input.files, target.on_disk ? folder : target.place))
      outcome.wrong = fmt::format("names no file: {}", error.what());
  } catch (const std::exception& error) {
    outcome.wrong = fmt::format("no Error of ours: {}", error.what());
  }
  const double seconds = processor_seconds() - start;
  if (outcome.wrong.empty() && seconds > longest_s)
    outcome.wrong = fmt::format("took {:.1f} s of processor time", seconds);
  return outcome;
}

// New files each time: truncating one in place makes some file systems wait for the disk.
void lay(const Files& files, const std::string& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, bytes] : files) {
    std::filesystem::remove(folder + "/" + name);
    std::ofstream(folder + "/" + name, std::ios::binary) << bytes;
  }
}

Files pick_up(const std::string& folder) {
  Files files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().filename().string()] = {std::istreambuf_iterator<char>(in), {}};
  }
  return files;
}

std::string Tally::text() const {
  std::string all = fmt::format("{} inputs", inputs);
  for (const auto& [code, count] : by_code)
    all += fmt::format("{} {} {}", &code == &by_code.begin()->first ? ":" : ",", count,
                       code == ExitCode::success ? "accepted" : exit_code_name(code));
  return all;
}

}  // namespace laconic::fuzz
