#include "apps/laconic/version.hpp"

#include <dnnl.h>
#include <hdf5.h>
#include <metis.h>
#include <mpi.h>

#include <cstdio>

#include "apps/laconic/verbs/verb.hpp"
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
      char mpi[MPI_MAX_LIBRARY_VERSION_STRING];
      int length = 0;
      MPI_Get_library_version(mpi, &length);  // legal before MPI_Init
      std::printf("MPI        %.*s\n",
                  static_cast<int>(std::string_view(mpi, length).find_first_of(",\n")), mpi);
      const dnnl_version_t* dnnl = dnnl_version();
      std::printf("oneDNN     %d.%d.%d\n", dnnl->major, dnnl->minor, dnnl->patch);
      unsigned hdf5[3] = {};
      H5get_libversion(&hdf5[0], &hdf5[1], &hdf5[2]);
      std::printf("HDF5       %u.%u.%u\n", hdf5[0], hdf5[1], hdf5[2]);
      std::printf("METIS      %d.%d.%d\n", METIS_VER_MAJOR, METIS_VER_MINOR, METIS_VER_SUBMINOR);
      std::printf("CUDA       not built in: training runs on the CPU\n");
      return 0;
    };
  });
}

}  // namespace laconic
