// train and resume: ranks, configuration, session, method.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "apps/laconic/methods/method.hpp"
#include "apps/laconic/train/session.hpp"
#include "apps/laconic/train/together.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "comm/transports.hpp"

namespace laconic {
namespace {

void say(int rank, const std::exception& error) {
  std::fprintf(stderr, "laconic: rank %d: %s\n", rank, error.what());
}

// Where MPI cannot be used: the launcher sees this rank end and ends the others.
void end_without_mpi(const std::string& why) {
  std::fprintf(stderr, "laconic: %s\n", why.c_str());
  std::_Exit(static_cast<int>(ExitCode::communication));
}

// Runs the method; on the way out of an error the outcome is written while the folder is still
// ours.
void run_method(Session& session) {
  RunFolder& folder = session.folder();
  try {
    find_method(session.options().method.c_str()).run(session);
    folder.finish(ExitCode::success, "");
  } catch (const Error& error) {
    folder.finish(error.code(), error.what());
    throw;
  } catch (const std::exception& error) {
    folder.finish(ExitCode::internal, error.what());
    throw;
  }
}

// Errors end here, inside the life of MPI: what all ranks know ends them all in order; what only
// this rank knows ends the others too, since they would wait for it.
int train(const std::string& file, const std::vector<std::string>& overrides) {
  comm::MpiWorld mpi(nullptr, nullptr);
  auto world = mpi.world();
  const int rank = world->rank(), ranks = world->size();
  if (rank != 0) spdlog::set_level(spdlog::level::warn);
  ExitCode code = ExitCode::internal;
  double timeout_s = 0;
  try {
    Config config = load_config(file, overrides);
    if (rank == 0)
      for (const std::string& notice : config.resolved.notices()) spdlog::info("{}", notice);
    timeout_s = config.options.comm.timeout;
    Session session(std::move(config), std::move(world), end_without_mpi);
    run_method(session);
    return 0;
  } catch (const AgreedError& error) {
    if (error.mine()) std::fprintf(stderr, "laconic: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const config::ConfigError& error) {  // the same on every rank
    if (rank == 0) std::fprintf(stderr, "laconic: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const Error& error) {
    say(rank, error);
    code = error.code();
  } catch (const std::exception& error) {
    say(rank, error);
  }
  // The rank that this one waited for may itself wait for another, which it must have time to name.
  if (code == ExitCode::communication)
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(timeout_s / 3, 10.0)));
  if (ranks > 1) comm::MpiWorld::abort(static_cast<int>(code));
  return static_cast<int>(code);
}

}  // namespace

void add_train(const Command& command, Action& action) {
  auto arguments = std::make_shared<ConfigArguments>();
  auto progress = std::make_shared<std::string>();
  arguments->add_to(command);
  command.option("--progress", *progress, "short for observe.progress: live, log or off");
  command.when_given([=, &action] {
    if (!progress->empty()) arguments->overrides.push_back("observe.progress=" + *progress);
    action = [=] { return train(arguments->file, arguments->overrides); };
  });
}

void add_resume(const Command& command, Action& action) {
  auto folder = std::make_shared<std::string>();
  auto overrides = std::make_shared<std::vector<std::string>>();
  command.option("run", *folder, "run folder").required();
  command.option("overrides", *overrides,
                 "key.path=value; only keys that change no numbers, e.g. run.max_steps=0");
  command.when_given([=, &action] {
    action = [=] {
      std::vector<std::string> all{"run.if_exists=resume", "run.dir=" + *folder};
      all.insert(all.end(), overrides->begin(), overrides->end());
      return train(*folder + "/config.yaml", all);
    };
  });
}

}  // namespace laconic
