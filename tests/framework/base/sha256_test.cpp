#include "framework/base/sha256.hpp"

#include <gtest/gtest.h>

#include "framework/base/random.hpp"
#include "framework/base/sha256_block.hpp"

namespace laconic {
namespace {

std::string sha256(const std::string& text) {
  return Sha256().update(text).hex();
}

// NIST's examples of FIPS 180-4.
TEST(Sha256, GivesThePublishedKnownAnswers) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheBytesArePortioned) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 7);
  for (size_t length = 0; length <= 300; ++length) {
    const std::string whole = sha256(text.substr(0, length));
    for (const size_t portion : {size_t{1}, size_t{55}, size_t{64}, size_t{65}}) {
      Sha256 hash;
      for (size_t at = 0; at < length; at += portion)
        hash.update(text.substr(at, std::min(portion, length - at)));
      ASSERT_EQ(hash.hex(), whole) << length << " by " << portion;
    }
  }
}

TEST(Sha256, HasTheSameResultWithAndWithoutShaInstructions) {
  if (!has_sha_instructions()) GTEST_SKIP() << "this processor has no SHA instructions";
  const Random random(1, Stream::test);
  std::array<uint32_t, 8> generic{}, x86{};
  std::array<uint8_t, 65> bytes;
  for (uint64_t trial = 0; trial < 1000;
       ++trial) {  // each goes on from the state of the one before
    for (uint64_t i = 0; i < 65; ++i) bytes[i] = static_cast<uint8_t>(random.word(65 * trial + i));
    sha256_block_generic(generic, bytes.data() + trial % 2);  // odd addresses too
    sha256_block_x86(x86, bytes.data() + trial % 2);
    ASSERT_EQ(generic, x86) << trial;
  }
}

}  // namespace
}  // namespace laconic
