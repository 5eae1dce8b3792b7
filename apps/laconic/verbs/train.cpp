// train and resume: ranks, configuration, session, learner.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "apps/laconic/run/agreement.hpp"
#include "apps/laconic/run/loop.hpp"
#include "apps/laconic/run/method.hpp"
#include "apps/laconic/run/session.hpp"
#include "apps/laconic/run/shared_config.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "comm/transport/transports.hpp"
#include "framework/base/failure.hpp"

namespace laconic {
namespace {

void say(int rank, const std::exception& error) {
  std::fprintf(stderr, "laconic: rank %d: %s\n", rank, error.what());
}

// Ends this rank without MPI. The launcher then ends the other ranks.
void end_without_mpi(const std::string& why) {
  std::fprintf(stderr, "laconic: %s\n", why.c_str());
  std::_Exit(static_cast<int>(ExitCode::communication));
}

// Runs the method. After an error it writes the outcome while this process still owns the folder.
void run_method(Session& session) {
  RunFolder& folder = session.folder();
  try {
    Ledger ledger(session.exchange());
    const std::unique_ptr<Learner> learner =
        session.config().method().make({.config = session.config(),
                                        .context = session.context(),
                                        .exchange = session.exchange(),
                                        .timer = ledger.timer(),
                                        .ranks = session.exchange().size()});
    Loop(session, *learner, ledger).run();
    folder.finish(ExitCode::success, "");
  } catch (const std::exception& exception) {
    const Error error = as_error(exception);
    folder.finish(error.code(), error.what());
    throw;
  }
}

// Trains, and catches all errors while MPI is still initialised. After an error that all ranks
// share, they end in order. After an error of this rank alone it aborts the others, which would
// wait for it.
int train(const std::string& file, const std::vector<std::string>& overrides,
          bool allow_changed_data = false) {
  auto early_stop = std::make_unique<EarlyStop>();
  early_stop->before_end(
      [](const std::string& message) { std::fprintf(stderr, "laconic: %s\n", message.c_str()); });
  comm::MpiWorld mpi = early_stop->undisturbed([] { return comm::MpiWorld(nullptr, nullptr); });
  auto world = mpi.world();
  const int rank = world->rank(), ranks = world->size();
  if (rank != 0) early_stop->before_end({});  // rank 0 prints it
  if (rank != 0) spdlog::set_level(spdlog::level::warn);
  ExitCode code = ExitCode::internal;
  double timeout_s = 0;
  try {
    Config config = shared_config(*world, [&] { return load_config(file, overrides); });
    if (rank == 0)
      for (const std::string& notice : config.resolved().notices()) spdlog::info("{}", notice);
    timeout_s = config.comm().timeout;
    Session session(std::move(config), std::move(world),
                    {end_without_mpi, std::move(early_stop), allow_changed_data});
    run_method(session);
    return 0;
  } catch (const AgreedError& error) {
    if (error.mine()) std::fprintf(stderr, "laconic: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& exception) {
    const Error error = as_error(exception);
    say(rank, error);
    code = error.code();
  }
  // The rank that this one waited for may itself wait for another one. It needs time to report
  // that.
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
  auto allow_changed_data = std::make_shared<bool>(false);
  command.option("run", *folder, "run folder").required();
  command.option("overrides", *overrides,
                 "key.path=value; only keys that change no numbers, e.g. run.max_steps=0");
  command.flag("--allow-changed-data", *allow_changed_data,
               "go on although the data differ from those that the run began with");
  command.when_given([=, &action] {
    action = [=] {
      std::vector<std::string> all{"run.if_exists=resume", "run.dir=" + *folder};
      all.insert(all.end(), overrides->begin(), overrides->end());
      return train(*folder + "/config.yaml", all, *allow_changed_data);
    };
  });
}

}  // namespace laconic
