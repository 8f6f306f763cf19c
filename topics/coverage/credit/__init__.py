"""Who was first, which agency is credited, how many voices are independent."""
