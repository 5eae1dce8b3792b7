// sweep plan, run, submit, status, retry and report: manage many runs of one configuration
// (docs/sweeps.md).
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <thread>

#include "apps/laconic/report/run.hpp"
#include "apps/laconic/report/write.hpp"
#include "apps/laconic/sweep/launch.hpp"
#include "apps/laconic/sweep/pool.hpp"
#include "apps/laconic/sweep/queue.hpp"
#include "apps/laconic/sweep/status.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "framework/base/child.hpp"
#include "framework/base/error.hpp"
#include "framework/base/ranges.hpp"
#include "framework/base/signals.hpp"
#include "framework/config/reader.hpp"

namespace laconic {
namespace {

using sweep::SweepFolder;

struct Arguments {
  std::string what;  // FILE.yaml or a sweep folder
  bool retry = false;
  // Here:
  int jobs = 0;
  std::string launch;
  // On Slurm:
  bool submit = false, print = false;
  int pack = 0, ranks = 1, at_a_time = 0;
  std::vector<std::string> options;  // sbatch's
};

SweepFolder open(const std::string& what) {
  if (std::filesystem::is_directory(what)) return SweepFolder::open(real_files(), what);
  const std::string text = config::load_text(what);
  return SweepFolder::plan(real_files(), sweep::read_sweep(text, what), text);
}

int show(const SweepFolder& folder) {
  std::fputs(sweep::status_of(real_files(), folder).table.c_str(), stdout);
  return 0;
}

// Writes the page of all trials that have started; returns false if none has.
bool write_page(const SweepFolder& folder, const std::string& output) {
  std::vector<std::string> runs;
  for (const sweep::Trial& trial : folder.trials())
    if (report::is_run(real_files(), folder.run(trial.index)))
      runs.push_back(folder.run(trial.index));
  if (runs.empty()) return false;
  report::write_page(real_files(), runs, output.empty() ? folder.path() + "/report.html" : output);
  return true;
}

int run(const Arguments& arguments) {
  const SweepFolder folder = open(arguments.what);
  const std::vector<int64_t> trials = folder.unfinished(arguments.retry);
  const sweep::PoolOptions options{
      arguments.jobs > 0 ? arguments.jobs : folder.options().jobs,
      arguments.launch.empty() ? folder.options().launch : arguments.launch};
  const ExitCode code = sweep::run_pool(folder, trials, options);
  show(folder);
  write_page(folder, "");
  return static_cast<int>(code);
}

// Returns the folder that contains slurm/: that of the source tree or of the installation.
std::string home() {
  if (const char* variable = std::getenv("LACONIC_HOME")) return variable;
  const std::filesystem::path bin = std::filesystem::path(sweep::this_executable()).parent_path();
  for (const char* from_bin : {"../../..", "../share/laconic"}) {
    const std::filesystem::path candidate = (bin / from_bin).lexically_normal();
    if (std::filesystem::exists(candidate / "slurm/common.sh")) return candidate.string();
  }
  fail(ExitCode::environment,
       "cannot find slurm/common.sh from {}; set LACONIC_HOME to the folder that holds slurm/",
       bin.string());
}

int submit(const Arguments& arguments) {
  const SweepFolder folder = open(arguments.what);
  const std::vector<int64_t> queued = sweep::queued(folder);  // first: a trial may end in between
  const std::vector<int64_t> unfinished = folder.unfinished(arguments.retry);
  std::vector<int64_t> trials;
  std::set_difference(unfinished.begin(), unfinished.end(), queued.begin(), queued.end(),
                      std::back_inserter(trials));
  if (!queued.empty()) std::printf("in Slurm's queue already: %s\n", ranges_text(queued).c_str());
  if (trials.empty()) return show(folder);
  const std::string scripts = home() + "/slurm/";
  std::vector<std::string> command{"sbatch"};
  const auto add = [&](auto... words) { (command.push_back(words), ...); };
  if (arguments.pack == 0)
    add("--array=" + ranges_text(trials) +
        (arguments.at_a_time > 0 ? fmt::format("%{}", arguments.at_a_time) : ""));
  command.insert(command.end(), arguments.options.begin(), arguments.options.end());
  if (arguments.pack == 0) {
    add(scripts + "sweep_array.sbatch", folder.path());
  } else {
    add(scripts + "sweep_pack.sbatch", folder.path(), std::to_string(arguments.pack),
        std::to_string(arguments.ranks));
    if (arguments.retry) add(std::string("--retry"));
  }
  std::printf("%s\n", fmt::format("{}", fmt::join(command, " ")).c_str());
  std::fflush(stdout);
  if (arguments.print) return 0;
  ::setenv("LACONIC_HOME", home().c_str(), 0);
  ::setenv("LACONIC", sweep::this_executable().c_str(), 0);
  const int code = wait_for(sweep::launch(command, ""));
  if (code != 0) fail(ExitCode::environment, "sbatch ended with code {}", code);
  return 0;
}

// Prints the table repeatedly until every trial has ended, or a signal arrives.
int watch(const std::string& what) {
  std::string last;
  for (;;) {
    const sweep::Status status =
        sweep::status_of(real_files(), SweepFolder::open(real_files(), what));
    if (status.table != last) {
      if (::isatty(STDOUT_FILENO)) std::fputs("\x1b[H\x1b[J", stdout);
      std::fputs(status.table.c_str(), stdout);
      std::fflush(stdout);
      last = status.table;
    }
    if (status.all_ended || poll_signal()) return 0;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

void add_what(const Command& command, Arguments& arguments, const char* help) {
  command.option("sweep", arguments.what, help).required();
}

void add_pool_options(const Command& command, Arguments& arguments) {
  command
      .option("-j,--jobs", arguments.jobs,
              "number of trials at a time; default: `jobs` of the sweep")
      .between(1, 1024);
  command.option(
      "--launch", arguments.launch,
      "command in front of the executable, e.g. \"mpirun -n 2\"; default: `launch` of the sweep");
}

void add_slurm_options(const Command& command, Arguments& arguments) {
  command
      .option("--pack", arguments.pack,
              "number of trials side by side in one allocation; default: a job array")
      .between(1, 1024);
  command.option("--ranks", arguments.ranks, "with --pack: ranks per trial").between(1, 1 << 20);
  command
      .option("--at-a-time", arguments.at_a_time,
              "number of elements of the job array that run at a time")
      .between(1, 1 << 20);
  command.flag("--print", arguments.print, "print the sbatch command and do not run it");
  command.option("options", arguments.options, "options of sbatch, after --");
}

}  // namespace

void add_sweep(const Command& command, Action& action) {
  command.require_subcommand();
  constexpr const char* file_or_folder = "FILE.yaml, or the folder of a planned sweep";
  const auto arguments = std::make_shared<Arguments>();
  const auto watches = std::make_shared<bool>(false);

  const Command plan =
      command.subcommand("plan", "check every trial and write the table of trials");
  add_what(plan, *arguments, "FILE.yaml");
  plan.when_given([=, &action] { action = [=] { return show(open(arguments->what)); }; });

  const Command here =
      command.subcommand("run", "run the trials that are not done on this machine");
  add_what(here, *arguments, file_or_folder);
  add_pool_options(here, *arguments);
  here.flag("--retry", arguments->retry, "run failed trials, too");
  here.when_given([=, &action] { action = [=] { return run(*arguments); }; });

  const Command slurm =
      command.subcommand("submit", "submit the trials that are not done to Slurm");
  add_what(slurm, *arguments, file_or_folder);
  add_slurm_options(slurm, *arguments);
  slurm.when_given([=, &action] { action = [=] { return submit(*arguments); }; });

  const Command retry =
      command.subcommand("retry", "run failed and killed trials again, from their checkpoints");
  add_what(retry, *arguments, file_or_folder);
  add_pool_options(retry, *arguments);
  retry.flag("--submit", arguments->submit, "submit them to Slurm instead");
  add_slurm_options(retry, *arguments);
  retry.when_given([=, &action] {
    action = [=] {
      arguments->retry = true;
      return arguments->submit ? submit(*arguments) : run(*arguments);
    };
  });

  const auto output = std::make_shared<std::string>();
  const Command page = command.subcommand("report", "write one HTML page that compares the trials");
  add_what(page, *arguments, "sweep folder");
  page.option("-o,--out", *output, "path of the page; default: report.html in the sweep folder");
  page.when_given([=, &action] {
    action = [=] {
      if (!write_page(SweepFolder::open(real_files(), arguments->what), *output))
        fail(ExitCode::data, "{}: no trial has started; start them with: laconic sweep run {}",
             arguments->what, arguments->what);
      return 0;
    };
  });

  const Command status = command.subcommand("status", "print the state of each trial");
  add_what(status, *arguments, "sweep folder");
  status.flag("-w,--watch", *watches, "repeat until all trials have ended");
  status.when_given([=, &action] {
    action = [=] {
      return *watches ? watch(arguments->what)
                      : show(SweepFolder::open(real_files(), arguments->what));
    };
  });
}

}  // namespace laconic
