"""Microsoft Advertising (REST v13, search campaigns): its words and units live here and nowhere else."""
