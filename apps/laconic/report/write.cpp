#include "apps/laconic/report/write.hpp"

#include <spdlog/spdlog.h>

#include <cstdio>

#include "apps/laconic/report/page.hpp"
#include "framework/base/error.hpp"
#include "framework/base/process.hpp"

namespace laconic::report {

void write_page(FileSystem& files, const std::vector<std::string>& paths,
                const std::string& output) {
  std::vector<Run> runs;
  for (const std::string& path : paths) {
    if (!files.exists(path)) fail(ExitCode::data, "{}: not there", path);
    if (is_run(files, path)) {
      runs.push_back(read_run(files, path));
    } else {
      spdlog::warn("{}: no run folder, left out", path);
    }
  }
  if (runs.empty()) fail(ExitCode::data, "{}: no run folder", paths[0]);
  write_atomically(files, output, page(std::move(runs), utc_time(wall_seconds())));
  std::printf("%s\n", output.c_str());
}

}  // namespace laconic::report
