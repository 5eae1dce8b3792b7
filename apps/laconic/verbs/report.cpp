// report: runs side by side on one HTML page.
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>

#include "apps/laconic/report/gnuplot.hpp"
#include "apps/laconic/report/page.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "framework/base/error.hpp"
#include "framework/base/process.hpp"

namespace laconic {
namespace {

int write_report(const std::vector<std::string>& paths, const std::string& output) {
  FileSystem& files = real_files();
  std::vector<report::Run> runs;
  for (const std::string& path : paths) {
    if (!files.exists(path)) fail(ExitCode::data, "{}: not there", path);
    if (report::is_run(files, path)) {
      runs.push_back(report::read_run(files, path));
    } else {
      spdlog::warn("{}: no run folder, left out", path);  // a shell pattern catches more than runs
    }
  }
  if (runs.empty()) fail(ExitCode::data, "{}: no run folder", paths[0]);
  if (!report::run_gnuplot(""))
    spdlog::warn("no curves: gnuplot is not installed; its package is {}", report::gnuplot_package);
  write_atomically(files, output, report::page(std::move(runs), utc_time(wall_seconds())));
  std::printf("%s\n", output.c_str());
  return 0;
}

}  // namespace

void add_report(const Command& command, Action& action) {
  auto runs = std::make_shared<std::vector<std::string>>();
  auto output = std::make_shared<std::string>("report.html");
  command.option("runs", *runs, "run folders; runs/* takes all trials of a sweep").required();
  command.option("-o,--out", *output, "the page").show_default();
  command.when_given([=, &action] { action = [=] { return write_report(*runs, *output); }; });
}

}  // namespace laconic
