-- How long samples are kept is a setting of each site now (heatmap_retention_days), which the service carries out daily. The
-- limit of the table is the largest value of the setting, for samples of sites that are there no more.
-- No part is rewritten for it: what is too old goes when it is merged.
ALTER TABLE layouts MODIFY TTL day + INTERVAL 3660 DAY SETTINGS materialize_ttl_after_modify = 0
