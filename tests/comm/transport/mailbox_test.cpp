// The hash table of the model transport against std::map, with keys that crowd.
#include "comm/transport/mailbox.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace laconic::comm::test {
namespace {

TEST(Mailbox, IsAMapFromKeysToQueues) {
  std::mt19937 random(11);
  for (const int senders : {2, 10, 1000}) {
    Mailbox mail;
    std::map<uint64_t, int32_t> truth;
    size_t most = 0;
    for (int step = 0; step < 20000; ++step) {
      const uint64_t key = Mailbox::key_of(static_cast<int>(random() % senders), random() % 3);
      Mailbox::Queue* queue = mail.find(key);
      const auto expected = truth.find(key);
      ASSERT_EQ(queue != nullptr, expected != truth.end());
      if (queue != nullptr) {
        ASSERT_EQ(queue->first, expected->second);
        mail.remove(queue);
        truth.erase(expected);
      } else if (truth.size() < 40) {
        mail.add(key, step);
        truth[key] = step;
      }
      ASSERT_EQ(mail.size(), truth.size());
      most = std::max(most, truth.size());
      if (step % 100 != 0) continue;
      for (const auto& [k, first] : truth) {
        ASSERT_EQ(mail.find(k)->first, first);
      }
    }
    EXPECT_LE(mail.capacity(), 4 * most);  // what was removed leaves no trace
  }
}

TEST(Mailbox, KeysTellSendersAndTagsApart) {
  EXPECT_NE(Mailbox::key_of(0, 0), 0u);
  EXPECT_NE(Mailbox::key_of(1, 0), Mailbox::key_of(0, 32767));
  EXPECT_NE(Mailbox::key_of(1, 0), Mailbox::key_of(0, 1));
}

}  // namespace
}  // namespace laconic::comm::test
