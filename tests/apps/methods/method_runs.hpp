// Runs of a method in folders, on threads of this process: they are cut off after some units, and go
// on.
#pragma once

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "comm/transport/transports.hpp"
#include "framework/base/file.hpp"
#include "framework/checkpoint/inspect.hpp"
#include "tests/apps/methods/method_run.hpp"
#include "tests/apps/run/cut_run.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {

class MethodRuns : public testing::Test {
 protected:
  explicit MethodRuns(const std::string& yaml) { std::ofstream(config_) << yaml; }

  // body(session) on a thread a rank.
  template <class Body>
  void on_sessions(const std::string& name, std::vector<std::string> overrides, int ranks,
                   Body body) {
    overrides.push_back("run.dir=" + (folder_ / name));
    overrides.emplace_back("run.if_exists=resume");
    auto group = comm::make_thread_group(ranks);
    std::vector<std::thread> threads;
    for (int rank = 0; rank < ranks; ++rank)
      threads.emplace_back([&, rank] {
        try {
          Session session(load_config(config_, overrides), std::move(group[rank]));
          body(session);
        } catch (const std::exception& error) {
          ADD_FAILURE() << name << ": " << error.what();
        }
      });
    for (std::thread& thread : threads) thread.join();
  }

  // Trains until `last` steps are done or the run is. Returns the fingerprint of its newest
  // checkpoint.
  std::string train(const std::string& name, const std::vector<std::string>& overrides, int ranks,
                    int64_t last = 1 << 30) {
    on_sessions(name, overrides, ranks, [&](Session& session) { train_until(session, last); });
    return checkpoint_fingerprint(real_files(), folder_ / name);
  }
  std::string metrics(const std::string& name) const {
    return real_files().read(folder_ / (name + "/metrics.jsonl"));
  }

  const TemporaryFolder folder_;
  const std::string config_ = folder_ / "config.yaml";
};

}  // namespace laconic::test
