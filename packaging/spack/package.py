"""Spack recipe. From a checkout:

    spack repo create laconic-repo && mkdir -p laconic-repo/packages/laconic
    cp packaging/spack/package.py laconic-repo/packages/laconic/
    spack repo add laconic-repo && spack dev-build laconic@main
"""

from spack.package import *


class Laconic(CMakePackage):
    """Training where the network is what you wait for: sparse allreduce, graph networks, exact restarts."""

    version("main")

    variant("tests", default=False, description="Build the tests")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.22:", type="build")
    depends_on("ninja", type="build")
    depends_on("mpi@3.1:")
    depends_on("hdf5@1.10: ~mpi")
    depends_on("metis@5:")
    depends_on("libpng")
    depends_on("jpeg")
    depends_on("libzip")
    depends_on("onednn@2.6:")
    depends_on("yaml-cpp@0.7:")
    depends_on("spdlog@1.10: +fmt_external")
    depends_on("fmt@9:")
    depends_on("cli11@2.3:")
    depends_on("nlohmann-json@3.11:")
    depends_on("zlib-api")
    depends_on("boost@1.74: +context")
    depends_on("googletest@1.12: +gmock", when="+tests")

    conflicts("%gcc@:11", msg="needs C++20")

    def cmake_args(self):
        return [self.define_from_variant("LACONIC_TESTS", "tests")]
