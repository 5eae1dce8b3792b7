#include "apps/laconic/sweep/pool.hpp"

#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "apps/laconic/sweep/launch.hpp"
#include "framework/base/signals.hpp"

namespace laconic::sweep {
namespace {

std::string replaced(std::string text, const std::string& what, int64_t by) {
  for (size_t at = text.find(what); at != text.npos; at = text.find(what))
    text.replace(at, what.size(), std::to_string(by));
  return text;
}

class Pool {
 public:
  Pool(const SweepFolder& sweep, const PoolOptions& options) : sweep_(sweep), options_(options) {
    for (int64_t slot = options.jobs; slot > 0;) free_slots_.push_back(--slot);
  }

  // Returns whether a signal or a stopped trial ended it.
  bool run(const std::vector<int64_t>& trials) {
    size_t next = 0;
    while (!running_.empty() || (next < trials.size() && !stopping_)) {
      if (const auto signal = poll_signal()) pass_on(*signal);
      if (next < trials.size() && !stopping_ && !free_slots_.empty()) {
        start(trials[next++]);
        continue;
      }
      int status = 0;
      const pid_t child = ::waitpid(-1, &status, WNOHANG);
      if (child > 0)
        ended(child, status);
      else
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return stopping_;
  }

  // Returns the code of a trial that has no outcome: that of its process, if it had one of ours.
  ExitCode code_without_outcome(int64_t trial) const {
    const auto found = without_outcome_.find(trial);
    return found == without_outcome_.end() ? ExitCode::communication : found->second;
  }

 private:
  struct Running {
    int64_t trial, slot;
  };

  void start(int64_t trial) {
    const State state = sweep_.standing(trial).state;
    if (state == State::running) return left_to_another(trial);
    if (state == State::done) return;  // by another process, since the trials were chosen
    const int64_t slot = free_slots_.back();
    std::vector<std::string> command =
        words(replaced(replaced(options_.launch, "{index}", trial), "{slot}", slot));
    for (const std::string& word : {this_executable(), std::string("train"), sweep_.config(trial)})
      command.push_back(word);
    const pid_t child = launch(command, sweep_.log(trial));
    free_slots_.pop_back();
    running_[child] = {trial, slot};
    spdlog::info("trial {} starts: {}", trial, sweep_.trials()[trial].settings);
  }

  void left_to_another(int64_t trial) const {
    spdlog::info("trial {} is run by another process; left to it", trial);
  }

  // Sends a signal on. The first one asks for a checkpoint, and mpirun and srun forward it to
  // ranks.
  void pass_on(int signal) {
    spdlog::info("{} received: {}", signal_name(signal),
                 stopping_ ? "ending the running trials" : "stopping the running trials");
    for (const auto& [child, trial] : running_) ::kill(child, stopping_ ? SIGTERM : SIGUSR1);
    stopping_ = true;
  }

  void ended(pid_t child, int status) {
    const auto found = running_.find(child);
    if (found == running_.end()) return;
    const auto [trial, slot] = found->second;
    running_.erase(found);
    free_slots_.push_back(slot);
    const Standing standing = sweep_.standing(trial);
    switch (standing.state) {
      case State::done:
        return spdlog::info("trial {} is done", trial);
      case State::stopped:
        spdlog::info("trial {} stopped at step {}", trial, standing.outcome.step);
        // A file `stop` stops its trial alone; a signal stops all.
        if (!real_files().exists(sweep_.run(trial) + "/stop")) stopping_ = true;
        return;
      case State::running:  // the other was faster
        return left_to_another(trial);
      case State::failed:
        return spdlog::warn("trial {} failed ({}): {}", trial,
                            static_cast<int>(standing.outcome.code), standing.outcome.message);
      default:
        if (const auto code = static_cast<ExitCode>(WEXITSTATUS(status));
            WIFEXITED(status) && code != ExitCode::success &&
            std::ranges::count(exit_codes, code) > 0)
          without_outcome_[trial] = code;
        spdlog::warn("trial {} ended without a word ({}); see {}", trial,
                     WIFEXITED(status) ? fmt::format("code {}", WEXITSTATUS(status))
                                       : fmt::format("signal {}", WTERMSIG(status)),
                     sweep_.log(trial));
    }
  }

  const SweepFolder& sweep_;
  const PoolOptions& options_;
  std::vector<int64_t> free_slots_;
  std::map<pid_t, Running> running_;
  std::map<int64_t, ExitCode> without_outcome_;  // by trial
  bool stopping_ = false;
};

}  // namespace

ExitCode run_pool(const SweepFolder& sweep, const std::vector<int64_t>& trials,
                  const PoolOptions& options) {
  Pool pool(sweep, options);
  bool goes_on = pool.run(trials);
  ExitCode first = ExitCode::success;
  for (const int64_t trial : trials) {
    const Standing standing = sweep.standing(trial);
    if (standing.state == State::done) continue;
    goes_on |= standing.state == State::stopped;
    if (first != ExitCode::success) continue;
    first = standing.state == State::failed    ? standing.outcome.code
            : standing.state == State::running ? ExitCode::environment
                                               : pool.code_without_outcome(trial);
  }
  return goes_on && first != ExitCode::success ? ExitCode::stopped : first;
}

}  // namespace laconic::sweep
