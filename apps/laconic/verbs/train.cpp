// train and resume: ranks, configuration, session, method.
#include <spdlog/spdlog.h>

#include <cstdio>

#include "apps/laconic/methods/method.hpp"
#include "apps/laconic/train/session.hpp"
#include "apps/laconic/train/together.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "comm/transports.hpp"

namespace laconic {
namespace {

// Runs the method; on the way out of an error the outcome is written while the folder is still ours. An error that
// only this rank knows ends the others too: they would wait for us.
int run_method(Session& session, int ranks) {
  try {
    find_method(session.options().method.c_str()).run(session);
    session.folder().finish(ExitCode::success, "");
    return 0;
  } catch (const AgreedError& error) {
    session.folder().finish(error.code(), error.what());
    throw;
  } catch (const Error& error) {
    std::fprintf(stderr, "laconic: rank %d: %s\n", session.exchange().rank(), error.what());
    session.folder().finish(error.code(), error.what());
    if (ranks > 1) comm::MpiWorld::abort(static_cast<int>(error.code()));
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "laconic: rank %d: internal error: %s\n", session.exchange().rank(), error.what());
    session.folder().finish(ExitCode::internal, error.what());
    if (ranks > 1) comm::MpiWorld::abort(static_cast<int>(ExitCode::internal));
    return static_cast<int>(ExitCode::internal);
  }
}

int train(const std::string& file, const std::vector<std::string>& overrides) {
  comm::MpiWorld mpi(nullptr, nullptr);
  auto world = mpi.world();
  const int rank = world->rank(), ranks = world->size();
  if (rank != 0) spdlog::set_level(spdlog::level::warn);
  try {
    Config config = load_config(file, overrides);
    if (rank == 0)
      for (const std::string& notice : config.resolved.notices()) spdlog::info("{}", notice);
    Session session(std::move(config), std::move(world), mpi.ranks_on_node());
    return run_method(session, ranks);
  } catch (const config::ConfigError& error) {  // the same on every rank
    throw AgreedError(error.code(), error.what(), rank == 0);
  }
}

}  // namespace

void add_train(CLI::App& command, Action& action) {
  auto arguments = std::make_shared<ConfigArguments>();
  auto progress = std::make_shared<std::string>();
  arguments->add_to(command);
  command.add_option("--progress", *progress, "short for observe.progress: live, log or off");
  command.callback([=, &action] {
    if (!progress->empty()) arguments->overrides.push_back("observe.progress=" + *progress);
    action = [=] { return train(arguments->file, arguments->overrides); };
  });
}

void add_resume(CLI::App& command, Action& action) {
  auto folder = std::make_shared<std::string>();
  auto overrides = std::make_shared<std::vector<std::string>>();
  command.add_option("run", *folder, "run folder")->required();
  command.add_option("overrides", *overrides, "key.path=value; only keys that change no numbers, e.g. run.max_steps=0");
  command.callback([=, &action] {
    action = [=] {
      std::vector<std::string> all{"run.if_exists=resume", "run.dir=" + *folder};
      all.insert(all.end(), overrides->begin(), overrides->end());
      return train(*folder + "/config.yaml", all);
    };
  });
}

}  // namespace laconic
