// Linux system calls that the Glibc module leaves out because <features.h> hides them without
// _GNU_SOURCE. They are looked up by name, once; a C library that lacks one is as good as a kernel
// that lacks it: ENOSYS, and the caller's other way is taken.

internal import Glibc

enum LinuxCalls {
  private typealias Renameat2 =
    @convention(c) (CInt, UnsafePointer<CChar>, CInt, UnsafePointer<CChar>, CUnsignedInt) -> CInt
  private typealias PidfdOpen = @convention(c) (pid_t, CUnsignedInt) -> CInt

  private typealias Pipe2 = @convention(c) (UnsafeMutablePointer<CInt>, CInt) -> CInt

  private static let renameat2 = dlsym(nil, "renameat2").map {
    unsafeBitCast($0, to: Renameat2.self)
  }
  private static let pidfdOpen = dlsym(nil, "pidfd_open").map {
    unsafeBitCast($0, to: PidfdOpen.self)
  }
  private static let pipe2 = dlsym(nil, "pipe2").map { unsafeBitCast($0, to: Pipe2.self) }

  /// `renameat2` with `RENAME_NOREPLACE`: -1 and EEXIST when the new name is taken.
  static func renameWithoutReplacing(
    _ oldDirectory: Int32, _ oldName: UnsafePointer<CChar>,
    _ newDirectory: Int32, _ newName: UnsafePointer<CChar>
  ) -> Int32 {
    guard let renameat2 else { return notThere() }
    let noReplace: CUnsignedInt = 1
    return renameat2(oldDirectory, oldName, newDirectory, newName, noReplace)
  }

  /// `pidfd_open`: a descriptor that becomes readable when the process ends; close-on-exec.
  static func openProcess(_ process: pid_t) -> Int32 {
    guard let pidfdOpen else { return notThere() }
    return pidfdOpen(process, 0)
  }

  /// `pipe2` with `O_CLOEXEC`: set later, a child started by another thread in between would keep
  /// the pipe open.
  static func makePipe(_ ends: UnsafeMutablePointer<CInt>) -> Int32 {
    guard let pipe2 else { return notThere() }
    return pipe2(ends, O_CLOEXEC)
  }

  private static func notThere() -> Int32 {
    errno = ENOSYS
    return -1
  }
}
