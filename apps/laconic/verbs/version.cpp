#include "apps/laconic/version.hpp"

#include <dnnl.h>
#include <hdf5.h>
#include <metis.h>

#include <cstdio>

#include "apps/laconic/verbs/verb.hpp"
#include "comm/transport/transports.hpp"
#include "framework/base/context.hpp"

namespace laconic {
namespace {

#ifdef __clang__
constexpr const char* compiler = "Clang " __clang_version__;
#else
constexpr const char* compiler = "GCC " __VERSION__;
#endif
#ifdef __x86_64__
constexpr const char* kernels = "generic, avx2, avx512";
#else
constexpr const char* kernels = "generic";
#endif

}  // namespace

void add_version(const Command& command, Action& action) {
  command.when_given([&action] {
    action = [] {
      std::printf("laconic %s (%s)\n", version::number, version::git);
      std::printf("compiler   %s\n", compiler);
      std::printf("kernels    %s here (built: %s)\n", isa_name(detect_isa()), kernels);
      std::printf("MPI        %s\n", comm::mpi_library().c_str());
      const dnnl_version_t* dnnl = dnnl_version();
      std::printf("oneDNN     %d.%d.%d\n", dnnl->major, dnnl->minor, dnnl->patch);
      std::printf("HDF5       %d.%d.%d\n", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE);
      std::printf("METIS      %d.%d.%d\n", METIS_VER_MAJOR, METIS_VER_MINOR, METIS_VER_SUBMINOR);
      std::printf("CUDA       not built in: training runs on the CPU\n");
      return 0;
    };
  });
}

}  // namespace laconic
