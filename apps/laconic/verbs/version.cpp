#include "apps/laconic/version.hpp"

#include <dnnl.h>
#include <hdf5.h>
#include <metis.h>
#include <mpi.h>

#include <cstdio>

#include "apps/laconic/verbs/verb.hpp"
#include "framework/base/context.hpp"

namespace laconic {

void add_version(const Command& command, Action& action) {
  command.when_given([&action] {
    action = [] {
      std::printf("laconic %s (%s)\n", version::number, version::git);
      std::printf("compiler   GCC/Clang %s\n", __VERSION__);
      std::printf("kernels    %s here (built: generic, avx2, avx512)\n", isa_name(detect_isa()));
      char mpi[MPI_MAX_LIBRARY_VERSION_STRING];
      int length = 0;
      MPI_Get_library_version(mpi, &length);  // legal before MPI_Init
      std::printf("MPI        %.*s\n",
                  static_cast<int>(std::string_view(mpi, length).find_first_of(",\n")), mpi);
      const dnnl_version_t* dnnl = dnnl_version();
      std::printf("oneDNN     %d.%d.%d\n", dnnl->major, dnnl->minor, dnnl->patch);
      std::printf("HDF5       %s\nMETIS      %d.%d.%d\n", H5_VERS_INFO, METIS_VER_MAJOR,
                  METIS_VER_MINOR, METIS_VER_SUBMINOR);
      std::printf("CUDA       not built in: training runs on the CPU\n");
      return 0;
    };
  });
}

}  // namespace laconic
