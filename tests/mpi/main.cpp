// GoogleTest under MPI: all ranks run all tests; rank 0 prints progress, any rank prints its
// failures.
#include <gtest/gtest.h>
#include <mpi.h>

#include "tests/mpi/world.hpp"

namespace laconic::comm::test {
namespace {

MpiWorld* the_world = nullptr;

class OnlyFailures : public testing::EmptyTestEventListener {
 public:
  explicit OnlyFailures(int rank) : rank_(rank) {}
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (result.failed())
      std::fprintf(stderr, "rank %d: %s:%d: %s\n", rank_, result.file_name(), result.line_number(),
                   result.message());
  }

 private:
  int rank_;
};

}  // namespace

MpiWorld& world() {
  return *the_world;
}

}  // namespace laconic::comm::test

int main(int argc, char** argv) {
  using namespace laconic::comm;
  MpiWorld world(&argc, &argv);
  test::the_world = &world;
  testing::InitGoogleTest(&argc, argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank > 0) {
    testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new test::OnlyFailures(rank));
  }
  const int result = RUN_ALL_TESTS();
  // A rank that failed may have left the others inside a collective.
  if (result != 0) MpiWorld::abort(result);
  return 0;
}
