"""Google Ads (REST v26, search campaigns): its words and units live here and nowhere else."""
