/// Takes measures on this machine and its disk, in turns with something that does the least.
package struct Bench: Sendable {
    private let site: Site

    /// Prepares a measurement.
    ///
    /// - Parameters:
    ///   - folder: an empty one on the disk in question, for one measure; what is made there stays.
    ///   - launcher: starts programs of ours.
    package init(folder: String, sizes: Sizes = Sizes(), launcher: any Launcher) {
        site = Site(
            folder: folder, sizes: sizes, crew: Crew(folder: folder, launcher: launcher))
    }

    /// Measures one thing; nothing that was started for it is left.
    package func run(_ measure: any Measure) async throws -> Figures {
        let fsync = try MachineState.fsync(in: site.folder)
        let figures: [Figure]
        do {
            figures = try await measure.figures(at: site)
        } catch {
            await site.crew.dismiss()
            throw error
        }
        await site.crew.dismiss()
        return Figures(
            measure: measure.name, figures: figures, load: MachineState.load(), fsync: fsync)
    }
}
