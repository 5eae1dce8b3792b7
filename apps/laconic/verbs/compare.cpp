// compare: prints what each of several runs needed for a score that all reached, and draws it.
#include "apps/laconic/report/compare.hpp"

#include <cstdio>
#include <memory>

#include "apps/laconic/report/race.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "framework/base/error.hpp"

namespace laconic {
namespace {

// Reads the runs of the arguments: RUN or NAME=RUN.
std::vector<report::Run> read_runs(FileSystem& files, const std::vector<std::string>& arguments) {
  std::vector<report::Run> runs;
  std::vector<std::string> names;
  for (const std::string& argument : arguments) {
    const size_t equals = files.exists(argument) ? std::string::npos : argument.find('=');
    const std::string path = equals == std::string::npos ? argument : argument.substr(equals + 1);
    if (!files.exists(path) || !report::is_run(files, path))
      fail(ExitCode::data, "{}: no run folder; allowed: RUN or NAME=RUN", path);
    runs.push_back(report::read_run(files, path));
    names.push_back(equals == std::string::npos ? "" : argument.substr(0, equals));
  }
  report::label_runs(runs);
  for (size_t i = 0; i < runs.size(); ++i)
    if (!names[i].empty()) runs[i].label = names[i];
  return runs;
}

int compare(const std::vector<std::string>& arguments, const std::string& picture) {
  FileSystem& files = real_files();
  const report::Race race(read_runs(files, arguments));
  std::fputs(race.table().c_str(), stdout);
  if (picture.empty()) return 0;
  write_atomically(files, picture, race.picture());
  std::printf("picture: %s\n", picture.c_str());
  return 0;
}

}  // namespace

void add_compare(const Command& command, Action& action) {
  auto runs = std::make_shared<std::vector<std::string>>();
  auto picture = std::make_shared<std::string>();
  command
      .option("runs", *runs,
              "RUN or NAME=RUN: the runs, the first is what others are compared with")
      .required();
  command.option("--picture", *picture, "path of an SVG file: the score over seconds and bytes");
  command.when_given([=, &action] { action = [=] { return compare(*runs, *picture); }; });
}

}  // namespace laconic
