// The compiler ignores an upcoming feature whose name it does not know. Package.swift gives every
// target the same ones, so checking them in this target checks their spelling.
#if !hasFeature(ExistentialAny)
    #error("The upcoming feature ExistentialAny is not on: see Package.swift.")
#endif
#if !hasFeature(InternalImportsByDefault)
    #error("The upcoming feature InternalImportsByDefault is not on: see Package.swift.")
#endif
#if !hasFeature(MemberImportVisibility)
    #error("The upcoming feature MemberImportVisibility is not on: see Package.swift.")
#endif
#if !hasFeature(NonisolatedNonsendingByDefault)
    #error("The upcoming feature NonisolatedNonsendingByDefault is not on: see Package.swift.")
#endif
