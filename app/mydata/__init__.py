"""我的数据: all that the site keeps about one person, in words and as one file."""
