private import Glibc

/// What the figures depend on.
enum MachineState {
    private static let syncs = 50
    private static let blockBytes = 4_096

    /// The load average of the last minute.
    static func load() -> Double {
        var averages: [Double] = [0]
        return getloadavg(&averages, 1) == 1 ? averages[0] : .nan
    }

    /// How long a write of 4 KiB and its sync take in `folder`: the median.
    static func fsync(in folder: String) throws(BenchError) -> Duration {
        let path = "\(folder)/sync"
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw BenchError.system("cannot make \(path)") }
        defer { close(file) }
        let block = [UInt8](repeating: 1, count: blockBytes)
        var samples = Samples()
        for _ in 0..<syncs {
            let start = ContinuousClock.now
            guard write(file, block, block.count) == block.count, fdatasync(file) == 0 else {
                throw BenchError.system("cannot write \(path)")
            }
            samples.add(ContinuousClock.now - start)
        }
        return samples.percentile(0.5)
    }
}
