private import FoundationEssentials
private import Glibc
internal import JobStore

/// A folder that is removed afterwards.
struct Scratch {
    let path: String

    init(in folder: String) throws(BenchError) {
        var template = Array("\(folder)/komodo-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw BenchError.system("cannot make a folder in \(folder)")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() throws { try FileManager.default.removeItem(atPath: path) }

    func database(_ name: String) throws(StoreError) -> (path: String, store: SQLiteJobStore) {
        let file = "\(path)/\(name).db"
        return (file, try SQLiteJobStore.open(path: file, mode: .create(makingFolder: false)))
    }
}
